"""The suite that ``replayaws demo`` records and replays. It is data: copied out and run there."""
