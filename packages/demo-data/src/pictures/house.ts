import type { DemoSpu } from '../types.ts';
import { Canvas } from './canvas.ts';
export const drawShopLogo = (_key: string): string => new Canvas(400, 400).toString();
export const drawShopCover = (_key: string): string => new Canvas(1600, 700).toString();
export const drawStore = (_key: string): string => new Canvas(1600, 900).toString();
export const drawAvatar = (_seed: number): string => new Canvas(200, 200).toString();
export const drawCategory = (_key: string): string => new Canvas(400, 400).toString();
export const drawReviewPhoto = (_shot: { spu: DemoSpu; colour?: string | undefined; shot: string }): string => new Canvas(1000, 1000).toString();
