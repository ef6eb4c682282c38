import { ElMessageBox } from 'element-plus';
import { onBeforeUnmount, onMounted } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';

/** Asks before edits are lost, on in-app navigation and on closing the tab. */
export function useUnsavedGuard(isDirty: () => boolean): void {
  const beforeUnload = (event: BeforeUnloadEvent) => {
    if (isDirty()) event.preventDefault();
  };
  onMounted(() => window.addEventListener('beforeunload', beforeUnload));
  onBeforeUnmount(() => window.removeEventListener('beforeunload', beforeUnload));
  onBeforeRouteLeave(async () => {
    if (!isDirty()) return true;
    try {
      await ElMessageBox.confirm('这一页有还没保存的修改，离开后会丢失。', '离开此页？', {
        confirmButtonText: '不保存，离开',
        cancelButtonText: '继续编辑',
        type: 'warning',
      });
      return true;
    } catch {
      return false;
    }
  });
}
