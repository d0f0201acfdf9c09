// What a person does to the page on screen: size, turn, dim. Evidence itself is never recoloured.
import { useState } from 'react';

const steps = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

export interface ViewState {
  /** 1 fits the width. */
  zoom: number;
  turn: 0 | 90 | 180 | 270;
  dim: boolean;
  larger: () => void;
  smaller: () => void;
  turnOn: () => void;
  toggleDim: () => void;
}

export function useViewState(): ViewState {
  const [zoom, setZoom] = useState(1);
  const [turn, setTurn] = useState<ViewState['turn']>(0);
  const [dim, setDim] = useState(false);
  return {
    zoom, turn, dim,
    larger: () => setZoom((was) => steps.find((step) => step > was) ?? was),
    smaller: () => setZoom((was) => steps.findLast((step) => step < was) ?? was),
    turnOn: () => setTurn((was) => ((was + 90) % 360) as ViewState['turn']),
    toggleDim: () => setDim((was) => !was),
  };
}
