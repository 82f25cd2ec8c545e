import type { Notification, NotificationConstructorOptions } from 'electron';

/**
 * How the system's notifications are shown. One that nothing holds on to is collected with its listeners, and a click on it
 * does nothing then: each is held until it is clicked, closed or was not shown.
 * @param clicked when a person clicks on one
 */
export function notifications(
  make: (notice: NotificationConstructorOptions) => Pick<Notification, 'on' | 'show'>,
  clicked: () => void,
): (notice: NotificationConstructorOptions) => void {
  const shown = new Set<Pick<Notification, 'on' | 'show'>>();
  return (notice) => {
    const notification = make(notice);
    shown.add(notification);
    const over = (): void => void shown.delete(notification);
    notification.on('click', () => {
      over();
      clicked();
    });
    notification.on('close', over);
    notification.on('failed', over);
    notification.show();
  };
}
