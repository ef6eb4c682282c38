/** WeChat's own address book (C05-PATH-04): only after a tap; a refusal leads back to the form. */
export interface ChosenAddress {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

export const canChooseAddress = (): boolean => {
  // #ifdef MP-WEIXIN || MP-BAIDU
  return true;
  // #endif
  // #ifndef MP-WEIXIN || MP-BAIDU
  return false;
  // #endif
};

/** Undefined when the shopper cancels or refuses. */
export function chooseAddress(): Promise<ChosenAddress | undefined> {
  return new Promise((resolve) => {
    // #ifdef MP-WEIXIN || MP-BAIDU
    uni.chooseAddress({
      success: (chosen) =>
        resolve({
          name: chosen.userName,
          phone: chosen.telNumber,
          province: chosen.provinceName,
          city: chosen.cityName,
          district: chosen.countyName,
          detail: chosen.detailInfo,
        }),
      fail: () => resolve(undefined),
    });
    // #endif
    // #ifndef MP-WEIXIN || MP-BAIDU
    resolve(undefined);
    // #endif
  });
}
