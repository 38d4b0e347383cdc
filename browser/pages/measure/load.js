/** Loads a script, ours as a module; resolves once it has run. */
globalThis.loadScript = (client, src) =>
  new Promise((resolve, reject) => {
    const script = globalThis.document.createElement('script');
    if (client === 'ours') script.type = 'module';
    script.onload = resolve;
    script.onerror = reject;
    script.src = src;
    globalThis.document.head.append(script);
  });
