// What an editor with a closed schema needs of ProseMirror, and no more: what is not named here is
// not in the bundle. Made into prosemirror.js by `python infra/docs/browser/renew.py`.
export { DOMParser, DOMSerializer, Fragment, Mark, Node, Schema, Slice } from "prosemirror-model";
export {
  AllSelection, EditorState, NodeSelection, Plugin, PluginKey, Selection, TextSelection,
} from "prosemirror-state";
export { canJoin, canSplit, findWrapping, liftTarget } from "prosemirror-transform";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
export {
  baseKeymap, chainCommands, createParagraphNear, deleteSelection, exitCode, joinBackward, lift,
  liftEmptyBlock, newlineInCode, selectAll, selectParentNode, setBlockType, splitBlock, toggleMark,
  wrapIn,
} from "prosemirror-commands";
export { keydownHandler, keymap } from "prosemirror-keymap";
export { closeHistory, history, redo, redoDepth, undo, undoDepth } from "prosemirror-history";
export {
  InputRule, inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule,
} from "prosemirror-inputrules";
export { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, CellSelection, deleteCellSelection,
  deleteColumn, deleteRow, deleteTable, fixTables, goToNextCell, isInTable, mergeCells,
  selectedRect, splitCell, tableEditing, TableMap, tableNodes, toggleHeaderColumn, toggleHeaderRow,
} from "prosemirror-tables";
