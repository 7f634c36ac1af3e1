export {
  AGENT_FIELD_LIST,
  AGENT_FIELDS,
  mayCall,
  MEMORY_KINDS,
  MEMORY_SERVICES,
  PATIENCE,
  type Agent,
  type AgentFieldName,
  type MemoryKind,
  type Patience,
} from './agent.js';
export { AGENT_EXAMPLES } from './agent-examples.js';
export { fromRow, kindOf, shapeOf, toRow, type Field } from './field.js';
export {
  LONG_STAGE_MS,
  SMOOTH_WITHIN_MS,
  TURN_FIELD_LIST,
  TURN_FIELDS,
  TURN_STAGES,
  turnRecord,
  withoutPersonal,
  type MeasuredTurn,
  type OverheardReason,
  type TurnFields,
  type TurnOutcome,
  type TurnRecord,
  type TurnSpan,
  type TurnStage,
} from './turn.js';
