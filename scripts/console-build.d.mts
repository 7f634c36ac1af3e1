/** See console-build.mjs. */
export declare function buildConsole(outdir: string): Promise<void>;
