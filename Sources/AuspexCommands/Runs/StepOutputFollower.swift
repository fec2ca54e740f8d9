import AuspexActions
import AuspexRunbooks

/// Follows what the steps of a run print while they are at work: whole lines as they come, and what is left when a step
/// is over. What a step prints between two looks and takes away with it is told with its end alone.
struct StepOutputFollower: Sendable {
    /// Reads a step's output from a position on.
    ///
    /// Returns nil where nothing is kept, or when it cannot be told now.
    typealias Read =
        @Sendable (_ path: String, _ channel: StepOutput.Channel, _ position: Int) async throws -> StepOutput?

    /// An attempt at a step, with one of its outputs.
    private struct Stream: Hashable {
        var path: String
        var attempt: Int
        var channel: StepOutput.Channel

        init(_ step: StepRecord, _ channel: StepOutput.Channel) {
            path = step.path
            attempt = step.attempt
            self.channel = channel
        }
    }

    /// How far an output has been told.
    private struct Place {
        /// The repetition of the act that printed it; nil for the attempt itself.
        var repetition: Int?
        /// Bytes of what was shown.
        var position = 0
    }

    private let read: Read
    /// How far each output of a step that was under way has been told.
    private var places: [Stream: Place] = [:]

    init(_ read: @escaping Read) {
        self.read = read
    }

    /// What is new of the steps that are under way.
    mutating func news(in record: RunRecord) async throws -> [RunChange] {
        var changes: [RunChange] = []
        // What a wait polls is read again and again; its polls are told, not what each of them prints.
        for step in record.steps where step.state == .intent && step.wait == nil {
            for channel in StepOutput.Channel.allCases {
                changes += try await self.changes(of: step, channel, record)
            }
        }
        return changes
    }

    /// What is left of the steps that were under way at the last look and are over now.
    mutating func rest(in record: RunRecord) async throws -> [RunChange] {
        var changes: [RunChange] = []
        for step in record.steps where step.state != .intent {
            for channel in StepOutput.Channel.allCases where places[Stream(step, channel)] != nil {
                changes += try await self.changes(of: step, channel, record)
                changes += kept(of: step, channel, record)
                places[Stream(step, channel)] = nil
            }
        }
        return changes
    }

    private mutating func changes(
        of step: StepRecord, _ channel: StepOutput.Channel, _ record: RunRecord
    ) async throws -> [RunChange] {
        let stream = Stream(step, channel)
        var changes: [RunChange] = []
        while true {
            var place = places[stream] ?? Place()
            guard let piece = try await read(step.path, channel, place.position), piece.attempt == step.attempt else {
                break
            }
            if piece.repetition != place.repetition {
                // What is done again begins anew, and is read from there.
                let isRead = place.position == 0
                place = Place(repetition: piece.repetition)
                places[stream] = place
                guard isRead else { continue }
            }
            let isWhole = piece.hasMore || piece.ended || step.state != .intent
            let text = isWhole ? piece.text : Self.lines(of: piece.text)
            // The rest of a line comes with the next look.
            place.position = isWhole ? piece.next : place.position + text.utf8.count
            places[stream] = place
            if !text.isEmpty { changes.append(step.printed(text, channel, in: record)) }
            guard piece.hasMore, !text.isEmpty else { break }
        }
        return changes
    }

    /// What the journal has beyond what was told, for a step that has taken its spool away: one that only reads.
    private func kept(of step: StepRecord, _ channel: StepOutput.Channel, _ record: RunRecord) -> [RunChange] {
        let captured = channel == .output ? step.result?.output : step.result?.errorOutput
        guard let captured, captured.droppedBytes == 0, let position = places[Stream(step, channel)]?.position else {
            return []
        }
        let rest = captured.text.harmless.utf8.dropFirst(position)
        return rest.isEmpty ? [] : [step.printed(String(decoding: rest, as: UTF8.self), channel, in: record)]
    }

    /// The text up to its last line end.
    private static func lines(of text: String) -> String {
        guard let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return "" }
        return String(text[...end])
    }
}
