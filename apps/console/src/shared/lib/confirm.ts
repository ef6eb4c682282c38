import { ElMessage, ElMessageBox } from 'element-plus';
import { errorText } from './api.ts';

/** For acts that can be redone. False when the person backs out. */
export async function confirmAct(title: string, message: string, action = '确定'): Promise<boolean> {
  try {
    await ElMessageBox.confirm(message, title, {
      confirmButtonText: action,
      cancelButtonText: '取消',
      type: 'warning',
    });
    return true;
  } catch {
    return false;
  }
}

/** For acts that cannot be taken back: the person types a word that names what is at stake. */
export async function confirmTyped(title: string, message: string, word: string, action = '确定'): Promise<boolean> {
  try {
    await ElMessageBox.prompt(`${message}\n请输入「${word}」以确认。`, title, {
      confirmButtonText: action,
      cancelButtonText: '取消',
      confirmButtonClass: 'el-button--danger',
      inputPlaceholder: word,
      inputValidator: (value) => value?.trim() === word || `请输入「${word}」`,
    });
    return true;
  } catch {
    return false;
  }
}

export async function promptText(
  title: string,
  message: string,
  options: { placeholder?: string; required?: boolean; maxLength?: number; value?: string; action?: string } = {},
): Promise<string | null> {
  try {
    const { value } = await ElMessageBox.prompt(message, title, {
      confirmButtonText: options.action ?? '确定',
      cancelButtonText: '取消',
      inputType: 'textarea',
      inputPlaceholder: options.placeholder ?? '',
      inputValue: options.value ?? '',
      inputValidator: (text) => {
        const length = text?.trim().length ?? 0;
        if (options.required !== false && length === 0) return '请填写内容';
        return length <= (options.maxLength ?? 200) || `最多 ${options.maxLength ?? 200} 个字`;
      },
    });
    return value.trim();
  } catch {
    return null;
  }
}

/** Runs an act, says how it went; true when it worked. */
export async function act(run: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await run();
    ElMessage.success(done);
    return true;
  } catch (error) {
    ElMessage.error(errorText(error));
    return false;
  }
}
