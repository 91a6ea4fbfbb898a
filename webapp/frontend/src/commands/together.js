// Several changes as one step of undo: context.steps is a function that calls modeling.

export class Together {
  preExecute({ steps }) {
    steps();
  }
}
