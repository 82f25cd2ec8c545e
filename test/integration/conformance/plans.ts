import { basicPlan } from './basic.ts';
import { configPlan } from './config.ts';
import { fapi2Plan } from './fapi2.ts';
import type { Plan } from './fixture.ts';
import { refreshPlan } from './refresh.ts';

export const plans: readonly Plan[] = [basicPlan, configPlan, refreshPlan, fapi2Plan];
