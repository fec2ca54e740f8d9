import Foundation

/// How much the fault tests do: a choice that fits into every run of the tests, or everything (`make fault`).
///
/// The choice is the same every time. Each fault test prints what it did and from which seeds, so that a failure can be
/// repeated.
package enum FaultScale {
    /// The variable of the environment that asks for everything: `full`.
    package static let variable = "AUSPEX_FAULTS"
    /// The variable of the environment with the number of the one seed to repeat.
    package static let seedVariable = "AUSPEX_FAULT_SEED"

    /// Whether everything is asked for.
    package static var isFull: Bool { ProcessInfo.processInfo.environment[variable] == "full" }

    /// `short`, or `full` where everything is asked for.
    package static func count(_ short: Int, full: Int) -> Int { isFull ? full : short }

    /// All elements where everything is asked for, else about `short` of them, evenly spread.
    package static func choice<Elements: Collection>(of all: Elements, short: Int) -> [Elements.Element] {
        guard !isFull, short < all.count else { return Array(all) }
        return all.enumerated().filter { ($0.offset * short) / all.count != (($0.offset + 1) * short) / all.count }
            .map(\.element)
    }

    /// The seeds from 1 on, `short` or `full` of them; only the one that ``seedVariable`` names if it names one.
    package static func seeds(_ short: Int, full: Int) -> [UInt64] {
        if let one = ProcessInfo.processInfo.environment[seedVariable].flatMap({ UInt64($0) }) { return [one] }
        return (1...UInt64(count(short, full: full))).map { $0 }
    }

    /// Says on standard output what a test has done.
    package static func report(_ text: String) { print("fault test: \(text)") }
}
