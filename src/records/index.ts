export {
  AGENT_FIELD_LIST,
  AGENT_FIELDS,
  mayCall,
  MEMORY_KINDS,
  type Agent,
  type AgentFieldName,
  type MemoryKind,
} from './agent.js';
export { fromRow, kindOf, shapeOf, toRow, type Cell, type Field, type Fields, type RecordOf } from './field.js';
export {
  TURN_FIELD_LIST,
  TURN_FIELDS,
  TURN_STAGES,
  turnRecord,
  withoutPersonal,
  type MeasuredTurn,
  type TurnField,
  type TurnFieldName,
  type TurnFields,
  type TurnOutcome,
  type TurnRecord,
  type TurnSpan,
  type TurnStage,
} from './turn.js';
