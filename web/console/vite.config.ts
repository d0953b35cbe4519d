import { defineConfig, mergeConfig } from 'vite';
import { shared } from '../vite.shared';

export default mergeConfig(shared, defineConfig({ base: '/console/' }));
