/** Silent login of a mini program: a code, which the server exchanges (C01-ECO-03). */
export function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.login({ success: ({ code }) => resolve(code), fail: reject });
  });
}
