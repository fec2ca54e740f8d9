import AuspexDetection
import AuspexSignals

/// Gathers a program's answers from its output, which comes in pieces of any size.
struct AnswerReader {
    /// The longest line that is read; an answer has under 200 bytes.
    private static let longestLine = 1 << 16
    /// Bytes that an answer may have for each row, and besides.
    private static let bytesPerRow = 4_096
    private static let bytesBesides = 1 << 20
    /// Most remarks that may be made, and that are kept; the rest of a longer one is not kept.
    private static let mostRemarks = 1_000
    private static let mostNotes = 20
    private static let longestNote = 500

    private let rows: Int
    private(set) var scores: [Double] = []
    private(set) var expectations: [Expectation?] = []
    private(set) var notes: [String] = []
    private(set) var reach = 1
    private var line = 0
    private var remarks = 0
    private var bytes = 0
    private var rest: [UInt8] = []

    /// - Parameter rows: how many answers there must be.
    init(rows: Int) {
        self.rows = rows
        scores.reserveCapacity(rows)
        expectations.reserveCapacity(rows)
    }

    /// Takes the next piece of the output.
    mutating func consume(_ piece: UnsafeRawBufferPointer) throws(ProgramFailure) {
        bytes += piece.count
        let limit = Self.bytesBesides + rows * Self.bytesPerRow
        guard bytes <= limit else { throw .tooMuchOutput(limit: limit) }
        rest.append(contentsOf: piece)
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try take(rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
        guard rest.count <= Self.longestLine else {
            throw .answer(
                line: line + 1, reason: "longer than \(Self.longestLine) bytes; write one short object a line")
        }
    }

    /// Takes a last line without its end, and checks that every row has its answer.
    mutating func finish() throws(ProgramFailure) {
        if !rest.isEmpty { try take(rest[...]) }
        rest = []
        guard scores.count == rows else { throw .tooFewAnswers(given: scores.count, rows: rows) }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(ProgramFailure) {
        line += 1
        guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) else { return }
        let answer: Answer
        do throws(Answer.Problem) {
            answer = try Answer(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .answer(line: line, reason: error.reason)
        }
        if let note = answer.note, notes.count < Self.mostNotes { notes.append(String(note.prefix(Self.longestNote))) }
        if let reach = answer.reach { self.reach = reach }
        guard let score = answer.score else {
            remarks += 1
            guard remarks <= Self.mostRemarks else {
                throw .answer(line: line, reason: "more than \(Self.mostRemarks) remarks; write one score for each row")
            }
            return
        }
        guard scores.count < rows else {
            throw .answer(line: line, reason: "one score more than there are rows, which are \(rows)")
        }
        scores.append(score)
        expectations.append(answer.expectation)
    }
}
