import { z } from 'zod';

export const errorResponseSchema = z.object({ code: z.int(), message: z.string().min(1) });
