import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { ElMessage, ElMessageBox } from 'element-plus';
import { computed, nextTick, ref, shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';
import { ApiError, api, errorText } from '../../shared/lib/api.ts';
import { confirmAct } from '../../shared/lib/confirm.ts';
import { useSession } from '../../shared/lib/session.ts';
import { fieldsOf } from './attribute-schema.ts';
import { useCategories } from './categories.ts';
import { check, emptyForm, type FormErrors, fromProduct, newCode, type ProductForm, toInput } from './product-form.ts';
import { matrix, type SkuRow, type Spec } from './sku-matrix.ts';

/** Load, edit, check, save and publish one product; null id starts a new one. */
export function useProductEditor(spuId: string | null) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const { shopId } = useSession();
  const { options, find } = useCategories();
  const codePrefix = newCode(new Date());

  const key = ['product', shopId.value, spuId];
  const {
    data: product,
    error,
    refetch,
  } = useQuery({
    queryKey: key,
    queryFn: () => api.products.get(spuId ?? ''),
    enabled: spuId !== null,
    // a refetch under an open form would fight with the person typing
    refetchOnWindowFocus: false,
    staleTime: 0,
  });

  const form = ref<ProductForm | null>(spuId === null ? emptyForm(codePrefix) : null);
  const saved = ref(form.value ? snapshot(form.value) : '');
  const tried = ref<'save' | 'publish' | null>(null);
  const saving = ref<'save' | 'publish' | null>(null);
  /** Rows that left the matrix in this sitting, so that taking a spec value back brings its prices back. */
  const shed = shallowRef<SkuRow[]>([]);

  watch(
    product,
    (next) => {
      if (!next || (form.value && dirty.value)) return;
      take(fromProduct(next));
    },
    { immediate: true },
  );

  function snapshot(value: ProductForm): string {
    return JSON.stringify(value, (name, each) => (name === 'id' ? undefined : each));
  }
  function take(next: ProductForm) {
    form.value = next;
    saved.value = snapshot(next);
    shed.value = [];
    tried.value = null;
  }

  const dirty = computed(() => form.value !== null && snapshot(form.value) !== saved.value);
  const fields = computed(() => fieldsOf(find(form.value?.categoryId ?? '')?.attributeSchema ?? {}));
  const errors = computed<FormErrors>(() =>
    form.value && tried.value ? check(form.value, fields.value, tried.value === 'publish') : {},
  );

  function setSpecs(specs: Spec[]) {
    if (!form.value) return;
    const rows = [...form.value.skus, ...shed.value];
    const next = matrix(specs, rows, codePrefix);
    const kept = new Set(next);
    shed.value = rows.filter((row) => !kept.has(row));
    form.value = { ...form.value, specs, skus: next };
  }

  async function showFirstError() {
    await nextTick();
    document
      .querySelector('.el-form-item.is-error, .bad, [role=alert].error')
      ?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  }

  async function save(publish: boolean) {
    if (!form.value) return;
    tried.value = publish ? 'publish' : product.value?.status === 'on_sale' ? 'publish' : 'save';
    if (Object.keys(errors.value).length > 0) {
      ElMessage.warning('有内容还没填好，已在表单中标出');
      await showFirstError();
      return;
    }
    saving.value = publish ? 'publish' : 'save';
    try {
      const input = toInput(form.value, fields.value, product.value?.version);
      const next = await (spuId === null ? api.products.create(input) : api.products.update(spuId, input));
      saved.value = snapshot(form.value);
      const problem = publish ? await publishOne(next.spuId) : '';
      await Promise.all(
        ['products', 'categories', 'dashboard'].map((list) => queryClient.invalidateQueries({ queryKey: [list] })),
      );
      if (problem) ElMessage.warning({ message: `已保存，但没能上架：${problem}`, duration: 6000 });
      else ElMessage.success(publish ? '已保存并上架' : '已保存');
      if (spuId === null) await router.replace(`/products/${next.spuId}`);
      else await reload();
    } catch (cause) {
      await failed(cause);
    } finally {
      saving.value = null;
    }
  }

  async function publishOne(id: string): Promise<string> {
    const result = await api.products.publish({ spuIds: [id] });
    return result.failed[0]?.message ?? '';
  }

  async function reload() {
    const { data } = await refetch();
    if (data) take(fromProduct(data));
  }

  async function failed(cause: unknown) {
    if (cause instanceof ApiError && cause.code.endsWith('edit_conflict')) {
      try {
        await ElMessageBox.confirm(
          '在你编辑期间，有人保存过这个商品。载入最新内容会丢弃你这次的修改。',
          '商品已被修改',
          { confirmButtonText: '载入最新内容', cancelButtonText: '先不，留在这里', type: 'warning' },
        );
        await reload();
      } catch {
        // the person keeps the edits on screen, to copy them over
      }
      return;
    }
    ElMessage.error({ message: errorText(cause), duration: 6000 });
  }

  async function unpublish() {
    if (!spuId || !(await confirmAct('下架商品', '下架后买家看得到商品页，但不能购买。随时可以重新上架。', '下架')))
      return;
    try {
      const result = await api.products.unpublish({ spuIds: [spuId] });
      if (result.failed[0])
        throw new ApiError(409, { code: result.failed[0].code, message: result.failed[0].message, requestId: '' });
      await queryClient.invalidateQueries({ queryKey: ['products'] });
      await refetch();
      ElMessage.success('已下架');
    } catch (cause) {
      ElMessage.error(errorText(cause));
    }
  }

  return { product, form, error, refetch, fields, options, errors, dirty, saving, save, unpublish, setSpecs };
}
