import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexExternal

@Suite struct AnswerTests {
    @Test("a score may come with what was expected, and remarks come without")
    func forms() throws {
        #expect(try Answer(#"{"score":1.5}"#).score == 1.5)
        #expect(try Answer(#"{"score":0,"expected":null}"#).expectation == nil)
        #expect(
            try Answer(#"{"score":2,"expected":10,"lower":8}"#).expectation
                == Expectation(value: 10, lower: 8, upper: 10))
        let remark = try Answer(#" {"note":"ä","reach":60} "#)
        #expect(remark.score == nil && remark.note == "ä" && remark.reach == 60)
    }

    static let mistakes: [(line: String, part: String)] = [
        ("fitting…", "is not JSON; write one object"),
        (#"{"score":NaN}"#, "NaN is no number in JSON"),
        (#"{"score":Infinity}"#, "Infinity is no number in JSON"),
        ("[1]", "is not an object"),
        ("1.5", "is not an object"),
        ("{}", "score is missing"),
        (#"{"score":null}"#, "score is null; it must be a finite number, 0 or more"),
        (#"{"score":"1"}"#, "score is \"1\""),
        (#"{"score":-1}"#, "score is -1"),
        (#"{"score":1e999}"#, "1e999"),
        (#"{"score":1,"exepcted":2}"#, "the member 'exepcted' is unknown; known are score, expected"),
        (#"{"score":1,"lower":2}"#, "lower and upper need expected"),
        (#"{"score":1,"expected":2,"lower":3}"#, "must ascend"),
        (#"{"score":1,"expected":"2"}"#, "expected is \"2\""),
        (#"{"reach":0}"#, "reach is not a number of rows"),
        (#"{"reach":1.5}"#, "reach is not a number of rows"),
        (#"{"note":1}"#, "note is not a text"),
    ]

    @Test("what is no answer is refused with what would be right", arguments: mistakes)
    func refused(line: String, part: String) {
        let error = #expect(throws: Answer.Problem.self) { try Answer(line) }
        #expect(error?.reason.contains(part) == true, "\(error?.reason ?? "")")
    }

    @Test("an object of numbers is read as the general reader would")
    func plainNumbers() throws {
        var generator = SplitMix64(seed: 5)
        let parts = [
            "{", "}", "\"score\"", "\"upper\"", ":", ",", " ", "1", "0", "-", ".", "5", "e", "E", "+", "12.5", "-3e-7",
            "\"", "NaN", "1e999",
        ]
        var agreed = 0
        for round in 0..<20_000 {
            var text = "{\"score\":1.25}"
            if round > 0 {
                let shape = ["{", "\"score\"", ":", "", ",", "\"upper\"", ":", "", "}"]
                text = shape.map { $0.isEmpty || generator.next() % 12 == 0 ? "*" : $0 }.joined()
                while let place = text.firstIndex(of: "*") {
                    let some = (0...generator.next() % 2).map { _ in
                        parts[Int(generator.next() % UInt64(parts.count))]
                    }
                    text.replaceSubrange(place...place, with: some.joined())
                }
            }
            guard let plain = PlainNumbers.read(Array(text.utf8)) else { continue }
            let object = try #require(try JSONValue(parsing: text).object, "\(text)")
            #expect(object.count == plain.count && plain.allSatisfy { object[$0.name]?.double == $0.value }, "\(text)")
            agreed += 1
        }
        #expect(agreed > 300)
        let wrong = [
            "{}", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":+1}", "[1]",
            "{\"a\":1}x", "{\"a\":1,}",
        ]
        for text in wrong {
            #expect(PlainNumbers.read(Array(text.utf8))?.count == nil, "\(text)")
        }
    }

    @Test("pieces may be cut anywhere")
    func pieces() throws {
        let text = Array("{\"score\":1}\r\n\n{\"note\":\"n\"}\n{\"score\":2,\"expected\":3}".utf8)
        for size in 1...text.count {
            var reader = AnswerReader(rows: 2)
            var rest = text[...]
            while !rest.isEmpty {
                try Array(rest.prefix(size)).withUnsafeBytes { try reader.consume($0) }
                rest = rest.dropFirst(size)
            }
            try reader.finish()
            #expect(reader.scores == [1, 2] && reader.notes == ["n"])
            #expect(reader.expectations == [nil, Expectation(value: 3, lower: 3, upper: 3)])
        }
    }
}
