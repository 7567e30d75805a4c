import { busConformance } from '#test/conformance/bus.ts'
import { createLocalBus } from './local-bus.ts'

busConformance('in memory', createLocalBus)
