package import AuspexSignals

/// Why the engine does not do what was asked.
package enum EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// So much waits to be worked in that no more is taken.
    case backlogFull(messages: Int, bytes: Int)
    /// So many questions of other systems are open that no more is taken.
    case deskFull(Int)
    /// A time lies too far ahead of the clock.
    case tooFarAhead(Timestamp, limit: TimeSpan)
    /// No repository of this name is configured.
    case unknownRepository(String, known: [String])
    /// A repository was named without a range, or the other way round.
    case incompleteRange
    /// No runbook has this id.
    case unknownRunbook(String, known: [String])
    /// No run has this id.
    case unknownRun(String)
    /// The run does not wait for this.
    case notPossible(String)
    /// Nothing is kept of what this step prints, or there is no such step.
    case noOutput(run: String, path: String)
    /// The program that carries out commands is not where it should be.
    case noHelper
    /// The plan that was approved is not the one that would run.
    case planChanged(expected: String, given: String)

    /// There are more changes in a span than one answer can take into account.
    case tooManyChanges(limit: Int)

    package var description: String {
        switch self {
        case .backlogFull(let messages, let bytes):
            "\(messages) messages of \(bytes >> 20) MiB wait to be worked in; try again in a moment"
        case .deskFull(let count): "\(count) questions are open; try again in a moment"
        case .tooFarAhead(let time, let limit):
            "\(time.iso8601) lies more than \(limit) ahead of this machine's clock; set the sender's clock"
        case .unknownRepository(let name, let known):
            "no repository '\(name)' is configured (gate.repositories); "
                + (known.isEmpty ? "there is none" : "known: \(known.joined(separator: ", "))")
        case .incompleteRange: "a repository and a range A..B go together; give both or send an assessment"
        case .unknownRunbook(let id, let known):
            "there is no runbook '\(id)'; "
                + (known.isEmpty ? "none is loaded" : "known: \(known.joined(separator: ", "))")
        case .unknownRun(let id): "there is no run \(id)"
        case .notPossible(let reason): reason
        case .noOutput(let run, let path):
            "nothing is kept of what \(path) of run \(run) prints: it has not begun, it prints nothing, it only read and "
                + "is over, or the time that such things are kept for is over"
        case .tooManyChanges(let limit):
            "there are more than \(limit) changes in that span; ask for a shorter one, or for one service"
        case .noHelper:
            "auspex-exec is not beside the auspex program; put it there, or name its path in actions.helper"
        case .planChanged(let expected, let given):
            "the plan's hash is \(expected), not \(given); look at the plan again before you approve it"
        }
    }
}
