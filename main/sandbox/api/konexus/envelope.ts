/** The v2 envelope of a page (vendor-apis 3.2). */
export function envelope(
  items: readonly unknown[],
  { total, page, pageSize }: { total: number; page: number; pageSize: number },
): object {
  return {
    totalItemCount: total,
    pageCount: Math.ceil(total / pageSize),
    page,
    pageSize,
    items,
    status: { isSuccess: true, errorCode: 'None', validationFailures: [], messages: [] },
    hasErrors: false,
    isValid: true,
  };
}

/** The v2 envelope of a failure, which comes with HTTP 200 (vendor-apis 3.2). */
export function failedEnvelope(errorCode: string, errorMessage: string): object {
  return {
    totalItemCount: 0,
    pageCount: 0,
    page: 1,
    pageSize: 0,
    items: [],
    status: { isSuccess: false, errorCode, errorMessage, validationFailures: [], messages: [errorMessage] },
    hasErrors: true,
    isValid: false,
  };
}
