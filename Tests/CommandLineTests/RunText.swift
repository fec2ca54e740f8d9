import AuspexRunbookTesting
import AuspexRunbooks
import Foundation

/// Runs as a server answers with them.
enum RunText {
    /// A run that waits for an approval, and its plan's hash.
    static func awaiting() throws -> (json: String, hash: String) {
        let record = try driven(RunSamples.record(id: "r1", mode: .approve))
        return (try json(record), record.planHash)
    }

    /// A run whose one step has failed.
    ///
    /// - Parameter output: What the step had written.
    static func failed(output: String = "") throws -> String {
        try json(try driven(RunSamples.record(id: "r1"), output: output))
    }

    private static func json(_ record: RunRecord) throws -> String {
        String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
    }

    /// The run as far as it comes when every act fails and nobody says a word.
    private static func driven(_ record: RunRecord, output: String = "") throws -> RunRecord {
        let failure = OperationResult(
            outcome: .failed, reason: "exit code 7", status: 7, output: CapturedText(head: output))
        var state = try RunState(record)
        var queue = state.handle(.begin, now: RunSamples.moment(0))
        while !queue.isEmpty {
            let answer: RunEvent? =
                switch queue.removeFirst() {
                case .commit(let commit): .committed(revision: commit.record.revision)
                case .acquireLocks: .locks(.acquired)
                case .start(let order): .operationEnded(order.id, failure)
                default: nil
                }
            if let answer { queue += state.handle(answer, now: RunSamples.moment(0)) }
        }
        return state.record
    }
}
