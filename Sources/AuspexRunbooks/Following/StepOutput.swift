import AuspexSignals

/// What a step has printed from a position on, as whoever follows its run is told. Masked, and harmless for terminals.
package struct StepOutput: Hashable, Sendable, Codable {
    /// One of a command's outputs.
    package enum Channel: String, Hashable, Sendable, Codable, CaseIterable {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// The attempt at the step, from 1; positions are those of its output.
    package var attempt: Int
    /// Of an act that a person had done again at the terminal which repetition printed it, from 1; positions are those of
    /// its output alone. Nil for the attempt itself.
    package var repetition: Int?
    /// The text from the position that was asked for on.
    package var text: String
    /// The position after it, for the next look: bytes of what has been shown.
    package var next: Int
    /// Whether there is more already, so that the next look need not wait.
    package var hasMore: Bool
    /// Whether the command is over, so that nothing more is printed.
    package var ended: Bool

    /// Creates it.
    package init(
        attempt: Int, repetition: Int? = nil, text: String, next: Int, hasMore: Bool, ended: Bool
    ) {
        self.attempt = attempt
        self.repetition = repetition
        self.text = text
        self.next = next
        self.hasMore = hasMore
        self.ended = ended
    }
}

extension StepRecord {
    /// That this attempt has printed something, as those who follow `run` are told. What is printed has no time of its own,
    /// so it is that of the run's last change.
    package func printed(_ text: String, _ channel: StepOutput.Channel, in run: RunRecord) -> RunChange {
        RunChange(
            time: run.updatedAt, run: run.id, step: path, kind: .stepOutput,
            data: ["attempt": .int(Int64(attempt)), "channel": .string(channel.rawValue), "text": .string(text)])
    }
}
