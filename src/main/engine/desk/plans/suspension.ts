/** The code that what is under way in a run is given up with where the next process goes on with it. */
export const runSuspended = 'RUN_SUSPENDED'
