#!/usr/bin/env -S node --
// `--` keeps Node from reading our --env-file itself: it looks for that flag behind the script's name too, ends with 9 when
// the file is missing and obeys a NODE_OPTIONS in it (nodejs/node issue 54232; still so in 24.21). Drop it when that ends.
import '../dist/cli/main.js';
