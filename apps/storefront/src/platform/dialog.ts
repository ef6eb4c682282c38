/** The client's own dialog, and its viewer for pictures that are not the shop's. */

/** What was typed (or '') once confirmed; undefined when the shopper backs out. */
export function askInDialog(title: string, content: string, placeholder?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    uni.showModal({
      title,
      content,
      ...(placeholder === undefined ? {} : { editable: true, placeholderText: placeholder }),
      success: ({ confirm, content: typed }) => resolve(confirm ? (typed ?? '') : undefined),
      fail: () => resolve(undefined),
    });
  });
}

export function viewPictures(urls: string[], at: number): void {
  uni.previewImage({ urls, current: urls[at] ?? '' });
}
