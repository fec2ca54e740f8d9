import AuspexDetection
import AuspexSignals

/// One object of a program's answer: the score of a row, or a remark on all of them.
///
/// `{"score":1.5}` or `{"score":1.5,"expected":10,"lower":8,"upper":12}`; `{"note":"…"}` says something to the reader, and
/// `{"reach":60}` over how many rows one strange row raises the scores.
struct Answer: Hashable {
    private static let bounds = ["expected", "lower", "upper"]
    private static let members: Set<String> = ["score", "expected", "lower", "upper", "note", "reach"]
    private static let known = "score, expected, lower, upper, note and reach"

    /// The score, finite and not negative; nil for a remark.
    var score: Double?
    var expectation: Expectation?
    var note: String?
    var reach: Int?

    /// Why an object is no answer.
    struct Problem: Error, Hashable {
        var reason: String
    }

    /// Reads one line.
    init(_ line: String) throws(Problem) {
        let object = try Self.object(line)
        if let name = object.keys.sorted().first(where: { !Self.members.contains($0) }) {
            throw Problem(reason: "the member '\(name)' is unknown; known are \(Self.known)")
        }
        note = object["note"]?.string
        reach = object["reach"]?.int.flatMap { Int(exactly: $0) }
        if object["note"] != nil, note == nil { throw Problem(reason: "note is not a text") }
        if object["reach"] != nil, reach.map({ $0 < 1 }) ?? true {
            throw Problem(reason: "reach is not a number of rows, 1 or more")
        }
        if let value = object["score"] {
            guard let score = value.double, score.isFinite, score >= 0 else {
                throw Problem(
                    reason: "score is \(value.canonicalText); it must be a finite number, 0 or more, larger where the "
                        + "row is stranger; write 0 where nothing can be said")
            }
            self.score = score
        } else if note == nil, reach == nil {
            throw Problem(reason: "score is missing; write {\"score\":1.5}")
        }
        expectation = try Self.expectation(object)
    }

    private static func object(_ line: String) throws(Problem) -> [String: JSONValue] {
        if let plain = PlainNumbers.read(Array(line.utf8)) {
            return Dictionary(uniqueKeysWithValues: plain.map { ($0.name, .double($0.value)) })
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw Problem(
                reason: "\(excerpt(line)) is not JSON; write one object such as {\"score\":1.5}, and what is for "
                    + "people to standard error" + hint(line))
        }
        guard let object = value.object else {
            throw Problem(reason: "\(excerpt(line)) is not an object; write {\"score\":1.5}")
        }
        return object
    }

    private static func expectation(_ object: [String: JSONValue]) throws(Problem) -> Expectation? {
        var numbers: [Double?] = []
        for name in bounds {
            guard let value = object[name], value != .null else {
                numbers.append(nil)
                continue
            }
            guard let number = value.double, number.isFinite else {
                throw Problem(reason: "\(name) is \(value.canonicalText); it must be a finite number, or null")
            }
            numbers.append(number)
        }
        guard let expected = numbers[0] else {
            guard numbers[1] == nil, numbers[2] == nil else {
                throw Problem(reason: "lower and upper need expected beside them")
            }
            return nil
        }
        let (lower, upper) = (numbers[1] ?? expected, numbers[2] ?? expected)
        guard lower <= expected, expected <= upper else {
            throw Problem(reason: "lower \(lower), expected \(expected) and upper \(upper) must ascend")
        }
        return Expectation(value: expected, lower: lower, upper: upper)
    }

    /// Words that common libraries write for numbers that JSON does not have.
    private static func hint(_ line: String) -> String {
        let words = ["NaN", "Infinity"]
        return words.first { line.contains($0) }.map { "; \($0) is no number in JSON" } ?? ""
    }

    private static let excerptLength = 60

    private static func excerpt(_ line: String) -> String {
        let isLong = line.count > excerptLength
        return JSONValue.string(String(line.prefix(excerptLength)) + (isLong ? "…" : "")).canonicalText
    }
}
