import type { HandlerDetails, WebContents, WindowOpenHandlerResponse } from 'electron';
import { expect, test } from 'vitest';
import { denyNewWindows } from '../../../../main/desktop/security/new-windows.ts';

test.each(['app://latchkey/', 'https://vendor.example/', 'about:blank'])('no window opens for %s', (url) => {
  let answer: WindowOpenHandlerResponse | null = null;
  const wanted: string[] = [];
  denyNewWindows(
    {
      setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse) {
        answer = handler({ url } as HandlerDetails);
      },
    } as unknown as WebContents,
    (address) => wanted.push(address),
  );
  expect(answer).toEqual({ action: 'deny' });
  expect(wanted).toEqual([url]);
});
