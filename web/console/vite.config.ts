import { defineConfig, mergeConfig } from 'vite';
import { shared } from '../vite.shared.ts';

export default mergeConfig(shared, defineConfig({ base: '/console/' }));
