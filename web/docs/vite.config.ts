import { defineConfig, mergeConfig } from 'vite';
import { shared } from '../vite.shared.ts';

// The guide to context is the one in docs/, read at build time.
export default mergeConfig(shared, defineConfig({ base: '/docs/', server: { fs: { allow: ['../..'] } } }));
