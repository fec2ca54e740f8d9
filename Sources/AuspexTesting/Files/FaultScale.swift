import Foundation

/// How much a fault test does: enough to find a mistake, or, when there is time, as much as the specification asks for.
package enum FaultScale {
    /// The variable of the environment that asks for all of it: `AUSPEX_FAULTS=full`.
    package static let variable = "AUSPEX_FAULTS"

    /// Whether all of it is asked for.
    package static var isFull: Bool { ProcessInfo.processInfo.environment[variable] == "full" }

    /// `full` when all of it is asked for, else `quick`.
    package static func count(quick: Int, full: Int) -> Int { isFull ? full : quick }
}
