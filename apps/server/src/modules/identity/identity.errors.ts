import { defineError } from '#platform/errors.ts';

export const wechatCodeInvalid = defineError(
  'identity.wechat_code_invalid',
  'unprocessable',
  '微信授权已失效，请再试一次',
);
export const wechatBlocked = defineError('identity.wechat_blocked', 'forbidden', '微信暂时不允许这个账号登录');
export const wechatTooFrequent = defineError(
  'identity.wechat_too_frequent',
  'rate_limited',
  '操作太频繁，请过一分钟再试',
);
export const wechatUnavailable = defineError(
  'identity.wechat_unavailable',
  'unavailable',
  '微信暂时没有响应，请稍后再试',
);
export const oauthStateUnknown = defineError(
  'identity.oauth_state_unknown',
  'unprocessable',
  '登录链接已失效，请重新登录',
);
export const unsafeReturn = defineError('identity.unsafe_return', 'invalid', '返回地址不正确');
export const avatarNotFound = defineError('identity.avatar_not_found', 'unprocessable', '头像没有找到，请重新上传');

export const wrongPassword = defineError('identity.wrong_password', 'unauthenticated', '账号或密码不正确');
export const totpRequired = defineError('identity.totp_required', 'unauthenticated', '请输入动态验证码');
export const totpWrong = defineError('identity.totp_wrong', 'unprocessable', '动态验证码不正确或已经用过');
export const totpLoginWrong = defineError('identity.totp_login_wrong', 'unauthenticated', '动态验证码不正确或已经用过');
export const totpAlreadyOn = defineError('identity.totp_already_on', 'conflict', '已经开启了动态验证码');
export const totpNotStarted = defineError('identity.totp_not_started', 'conflict', '还没有开启动态验证码');
export const loginLocked = defineError<{ retryAfterSeconds: number }>(
  'identity.login_locked',
  'rate_limited',
  ({ retryAfterSeconds }) => `输错次数太多，请 ${Math.ceil(retryAfterSeconds / 60)} 分钟后再试`,
);
export const staffInactive = defineError('identity.staff_inactive', 'forbidden', '这个账号已停用，请联系店主');
export const currentPasswordWrong = defineError('identity.current_password_wrong', 'unprocessable', '当前密码不正确');
export const shopNotYours = defineError('identity.shop_not_yours', 'forbidden', '你不是这家店铺的员工');

export const staffNotFound = defineError('identity.staff_not_found', 'not_found', '没有找到这位员工');
export const roleNotFound = defineError('identity.role_not_found', 'not_found', '没有找到这个角色');
export const accountTaken = defineError('identity.account_taken', 'conflict', '这个账号已经有人用了');
export const roleNameTaken = defineError('identity.role_name_taken', 'conflict', '已经有同名的角色');
export const roleBuiltIn = defineError('identity.role_built_in', 'conflict', '内置角色不能修改，请新建一个角色');
export const permissionUnknown = defineError<{ permissions: string[] }>(
  'identity.permission_unknown',
  'unprocessable',
  '权限清单里有不认识的项',
);
export const cannotGrant = defineError<{ permissions: string[] }>(
  'identity.cannot_grant',
  'forbidden',
  '不能给出或修改自己没有的权限',
);
export const lastOwner = defineError('identity.last_owner', 'conflict', '店铺至少要有一位在职的店主');
export const passwordNeeded = defineError('identity.password_needed', 'unprocessable', '请给新员工设置初始密码');
export const sharedStaff = defineError(
  'identity.shared_staff',
  'forbidden',
  '这位员工还在别的店铺任职，账号、姓名和密码不能由这家店修改',
);
