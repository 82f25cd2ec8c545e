/** Answers to one question that is asked again and again may come in another order than they were asked for. */
export interface Latest {
  /** To be called when it is asked; what it gives says, once the answer is here, whether nothing newer was heard before. */
  readonly ask: () => () => boolean;
  /** Something was heard that is newer than every answer still under way. */
  readonly overtake: () => void;
}

export function createLatest(): Latest {
  let asked = 0;
  let heard = 0;
  return {
    ask() {
      asked += 1;
      const own = asked;
      return () => {
        if (own < heard) return false;
        heard = own;
        return true;
      };
    },
    overtake() {
      asked += 1;
      heard = asked;
    },
  };
}
