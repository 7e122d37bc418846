import { pythonApp } from '../python-app.ts';

export const python = [
  pythonApp('FastAPI', 'fastapi_correct', 'uvicorn', { differs: {}, exitCode: 0 }),
  pythonApp('Flask', 'flask_correct', 'werkzeug', { differs: {}, exitCode: 0 }),
] as const;
