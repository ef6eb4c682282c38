import { Canvas } from './canvas.ts';
export function drawBanner(key: string): string { void key; return new Canvas(1600, 700).toString(); }
