/** Everything of plans that is drawn only when it is asked for: not a part of the first screen. */
export { PlanScreen } from './PlanScreen'
export { PlansPanel } from './PlansPanel'
export { StartDialog } from './StartDialog'
