const kfLink = /^https:\/\/work\.weixin\.qq\.com\/kfid\/[\w-]+(\?[\w=&%.-]*)?$/;

/** A link of WeCom's customer service, or none: nothing else may stand behind the button shoppers press. */
export const isChatUrl = (url: string): boolean => url === '' || kfLink.test(url);
