// The build puts the list itself here (vite.config.ts): as an import it would land in the main package.
export { divisionLines } from '@xiaopu/lab/divisions';
