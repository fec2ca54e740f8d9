package import AuspexSignals

/// One thing that happened in a run, as a program that follows it is told: a line `{ts, run, step, type, data}`.
package struct RunChange: Hashable, Sendable {
    /// What happened. The words are promised: others may come, none goes away or changes its meaning.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The run stands elsewhere; `data` has `status`, and `reason` once it is known how it ends.
        case status = "run.status"
        /// The run is over; `data` has `status`, and `reason` where it did not succeed.
        case ended = "run.ended"
        /// People are asked; `data` has `question`, and `planHash` where an approval is meant.
        case question = "run.question"
        /// An attempt at a step has begun; `data` has `attempt` and `effect`.
        case stepBegan = "step.began"
        /// A wait has polled again; `data` has `attempt` and `poll`.
        case stepPolled = "step.polled"
        /// An attempt stands elsewhere without being over; `data` has `attempt` and `state`.
        case stepState = "step.state"
        /// A step that is under way has printed something, or had when it ended; `data` has `attempt`, `channel` (`output`
        /// or `error`) and `text`.
        case stepOutput = "step.output"
        /// An attempt is over; `data` has `attempt`, `state`, and what is known of `reason`, `status`, `errorCode`,
        /// `output`, `errorOutput`.
        case stepEnded = "step.ended"
    }

    /// When.
    package var time: Timestamp
    /// The run's id.
    package var run: String
    /// The step's path; nil for the run as a whole.
    package var step: String?
    /// What happened.
    package var kind: Kind
    /// More of it, secrets masked.
    package var data: [String: JSONValue]

    /// One line of JSON, in which no character can act upon a terminal: control and format characters and the separators
    /// of lines and paragraphs are escaped.
    package var line: String {
        let fields: [String: JSONValue] = [
            "ts": .string(time.iso8601), "run": .string(run), "step": step.map(JSONValue.string) ?? .null,
            "type": .string(kind.rawValue), "data": .object(data),
        ]
        return PlainText.json(JSONValue.object(fields).canonicalText)
    }
}
