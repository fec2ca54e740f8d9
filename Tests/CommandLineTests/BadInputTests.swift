import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// What `score` answers to input that is wrong, poor or strange: a place and what would be right, or scores; never a crash.
@Suite(.serialized, .timeLimit(.minutes(4))) struct BadInputTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// A file, and the error that it gets; `%` stands for the file.
    struct Refused: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var error: String
        var command = "score"
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ error: String, command: String = "score") {
            self.init(name, Array(text.utf8), error, command: command)
        }

        init(_ name: String, _ bytes: [UInt8], _ error: String, command: String = "score") {
            (self.name, self.bytes, self.error, self.command) = (name, bytes, error, command)
        }
    }

    static let refused = [
        Refused("empty.csv", "", "%: is empty; a table needs a header line and at least one row"),
        Refused("blank.csv", "\n\n", "%: is empty"),
        Refused("header.csv", "a,b\n", "%: has a header but no row; add at least one row of values"),
        Refused(
            "text.csv", "time,v\n1,2\n2,abc\n", "%:3:3: column \"v\": \"abc\" is not a number; write a decimal number"),
        Refused("first.csv", "host,v\na,1\n", "%:2:1: column \"host\": \"a\" is not a number"),
        Refused("comma.csv", "a;b\n1,5;2\n", "%:2:1: column \"a\": \"1,5\" is not a number"),
        Refused("hex.csv", "v\n0x10\n", "%:2:1: column \"v\": \"0x10\" is not a number"),
        Refused(
            "mixed.csv", "time,v\n1700000000,1\n2026-01-01T00:00:00Z,2\n",
            "%:3:1: column \"time\": \"2026-01-01T00:00:00Z\" is not a time in seconds since 1970 as in the first row"),
        Refused(
            "turned.csv", "time,v\n2026-01-01T00:00:00Z,2\n1700000000,1\n",
            "%:3:1: column \"time\": \"1700000000\" is not a time in ISO 8601 as in the first row"),
        Refused("units.csv", "time,v\n1700000000,1\n1700000060000,2\n", "%:3:1: column \"time\": \"1700000060000\""),
        Refused("notime.csv", "time,v\n1,1\n,2\n", "%:3:1: column \"time\": \"\" is not a time; write ISO 8601"),
        Refused("inf.csv", "v\n1\ninf\n", "%:3:1: column \"v\": \"inf\" is not a finite number"),
        Refused("minus.csv", "v\n1\n-Infinity\n", "%:3:1: column \"v\": \"-Infinity\" is not a finite number"),
        Refused("over.csv", "v\n1\n1e309\n", "%:3:1: column \"v\": \"1e309\" is not a finite number"),
        Refused("short.csv", "a,b\n1,2\n3\n", "%:3:2: the row has 1 field where the header has 2"),
        Refused("long.csv", "a,b\n1,2\n4,5,6\n", "%:3:5: the row has 3 fields where the header has 2"),
        Refused("twice.csv", "a,b,a\n1,2,3\n", "%:1:5: column \"a\": the header has this name in column 1 already"),
        Refused("noname.csv", "a,\n1,2\n", "%:1:3: column 2 has no name"),
        Refused("quote.csv", "a,b\n1,\"2\n3,4\n", "%:2:3: the quoted field does not end"),
        Refused("after.csv", "a,b\n1,\"2\"3\n", "%:2:6: \"3\" follows a closing quote"),
        Refused("onlytime.csv", "time\n1\n", "%:1: no column is left for values"),
        Refused("label.csv", "v,label\n1,2\n", "%:2:3: column \"label\": \"2\" is not a label; write 1 for an anomaly"),
        Refused("mac.csv", "a\r1\r2\r", "%:1:2: lines end with CR alone; convert them to LF"),
        Refused("nul.csv", Array("v\n1\n2\0\n".utf8), "%:3:1: column \"v\": a byte 0 inside the text"),
        Refused("latin.csv", [0x76, 0xe9, 0x0a, 0x31, 0x0a], "%:1:1: is not text: a name in the header is not UTF-8"),
        Refused(
            "latinrow.csv", [0x76, 0x0a, 0x31, 0x0a, 0xe9, 0x0a], "%:3:1: column \"v\": \"\u{fffd}\" is not a number"),
        Refused("utf16.csv", [0xff, 0xfe, 0x61, 0, 0x0a, 0], "%: is not text: UTF-16; give CSV or NDJSON in UTF-8"),
        Refused("zip.csv", "PK\u{3}\u{4}", "%: is not text: a zip archive or workbook"),
        Refused("cut.csv.gz", [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 43], "%: damaged gzip data: the data ends too early"),
        Refused("wide.csv", (0..<16_385).map { "c\($0)" }.joined(separator: ","), "%:1: more than 16384 columns"),
        Refused("array.json", "[\n {\"v\":1}]\n", "%:1: is a JSON array; write one object a line"),
        Refused("value.ndjson", "{\"v\":1}\n{\"v\":}\n", "%:2:6: not a JSON object: expected a value"),
        Refused("other.ndjson", "{\"v\":1}\n1\n", "%:2:1: not a JSON object: expected \"{\""),
        Refused("word.ndjson", "{\"v\":1}\n{\"v\":\"x\"}\n", "%:2:7: column \"v\": \"x\" is not a number"),
        Refused("nested.ndjson", "{\"v\":1}\n{\"v\":{}}\n", "%:2:6: column \"v\": holds an object or an array"),
        Refused("open.ndjson", "{\"v\":1\n", "%:1:7: not a JSON object: expected \",\" or \"}\""),
        Refused("two.ndjson", "{\"v\":1}{\"v\":2}\n", "%:1:8: not a JSON object: something follows the object"),
        Refused(
            "missing.ndjson", "{\"ts\":1,\"v\":1}\n{\"v\":2}\n",
            "%:2: the member \"ts\" is missing; every line needs it"),
        Refused("doubled.ndjson", "{\"v\":1,\"v\":2}\n", "%:1: column \"v\": the member occurs twice in one object"),
        Refused(
            "nolabel.csv", "v\n1\n2\n", "skipped %: it has no labels; add a last column \"label\"", command: "evaluate"),
    ]

    @Test("bad input gets its file, line and column, and what would be right", arguments: refused)
    func refusal(input: Refused) async throws {
        let path = folder.path + "/" + input.name
        try Data(input.bytes).write(to: URL(filePath: path))
        let outcome = try await Program.run([input.command, path, "--detector", "mad"])
        #expect(outcome.code == 3, "\(outcome)")
        let wanted = input.error.replacing("%", with: path)
        #expect(outcome.error.contains(wanted), "no '\(wanted)' in \(outcome.error)")
    }

    /// A file that is scored, how many rows it has, and what is said of it.
    static let taken: [(name: String, bytes: [UInt8], rows: Int, note: String)] = [
        ("one.csv", Array("v\n1\n".utf8), 1, ""),
        ("noend.csv", Array("v\n1\n2".utf8), 2, ""),
        ("crlf.csv", Array("v\r\n1\r\n2\r\n".utf8), 2, ""),
        ("quotes.csv", Array("\"v \"\"x\"\"\",\"b,c\"\n\"1\",2\n".utf8), 1, ""),
        ("mark.csv", [0xef, 0xbb, 0xbf] + Array("v\n1\n2\n".utf8), 2, ""),
        ("tabs.csv", Array("a\tb\n1\t2\n".utf8), 1, ""),
        ("nohead.csv", Array("1\n2\n".utf8), 2, ""),
        ("missing.csv", Array("v,w\n,1\nNaN,null\n".utf8), 2, "v: no row to learn from has a value"),
        ("same.csv", Array("time,v\n1,1\n1,2\n2,3\n".utf8), 3, "1 row(s) have the time of another one"),
        ("turned.csv", Array("time,v\n3,1\n1,2\n2,3\n".utf8), 3, "the rows are not in the order of their times"),
        ("gaps.csv", Array("time,v\n0,1\n60,2\n900000,3\n".utf8), 3, ""),
        ("early.csv", Array("time,v\n-5,1\n2,2\n".utf8), 2, ""),
        ("null.ndjson", Array("{\"v\":null}\n{\"v\":1}\n".utf8), 2, ""),
    ]

    @Test("input that is only unusual is scored, row for row", arguments: taken.indices)
    func unusual(index: Int) async throws {
        let (name, bytes, rows, note) = Self.taken[index]
        let path = folder.path + "/" + name
        try Data(bytes).write(to: URL(filePath: path))
        let outcome = try await Program.run(["score", path, "--detector", "mad", "--format", "csv"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.split(separator: "\n").count == rows + 1, "\(outcome)")
        #expect(note.isEmpty ? outcome.error.isEmpty : outcome.error.contains(note), "\(outcome)")
    }

    @Test("the rest of a batch is scored, each bad input is told, and the exit code says so")
    func batch() async throws {
        let good = try folder.file("good.csv", "v\n1\n2\n")
        let bad = try folder.file("bad.csv", "v\n1\nx\n")
        let result = folder.path + "/out.csv"
        let arguments = ["score", bad, good, "nofile", good, "--detector", "mad", "--format", "csv"]
        let outcome = try await Program.run(arguments)
        #expect(outcome.code == 3)
        #expect(outcome.error.contains("\(bad):3:1: column \"v\"") && outcome.error.contains("nofile: cannot be read"))
        #expect(outcome.error.hasSuffix("auspex: 2 of 4 inputs could not be scored; see above\n"), "\(outcome)")
        #expect(outcome.output.split(separator: "\n").count == 6)
        #expect(try await Program.run(arguments + ["-o", result]).code == 3)
        #expect(folder.read("out.csv") == outcome.output)
        // Nothing was scored: the old result stays.
        #expect(try await Program.run(["score", bad, bad, "-o", result]).code == 3)
        #expect(folder.read("out.csv") == outcome.output)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "bad.csv", "good.csv", "out.csv",
            ])
    }

    @Test("what is wrong with the call is told once, before anything is read")
    func wrongCall() async throws {
        for option in [["--detector", "maad"], ["--alpha", "2"]] {
            let outcome = try await Program.run(["score", "nofile", "nofile2"] + option)
            #expect(outcome.code == 3 && !outcome.error.contains("nofile"), "\(outcome)")
            #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome)")
        }
        let outcome = try await Program.run(["score", "nofile", "--max-memory", "4x"])
        #expect(outcome.code == 2 && outcome.error.contains("--max-memory"), "\(outcome)")
    }

    @Test("a file that its reader may not read, a folder, and a pipe that ends")
    func places() async throws {
        let outcome = try await Program.shell(
            "cd '\(folder.path)'; printf 'v\\n1\\n2\\n' | \"$0\" score - --detector mad --format csv | wc -l; "
                + "\"$0\" score . 2>&1; true | \"$0\" score - 2>&1")
        #expect(
            outcome.output == "3\nauspex: .: is a folder; name a file in it\n"
                + "auspex: -: is empty; a table needs a header line and at least one row\n", "\(outcome)")
        guard geteuid() != 0 else { return }
        let path = try folder.file("secret.csv", "v\n1\n")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        try await Call("score", path, code: 3, error: ["\(path): cannot be read: Permission denied"]).check()
    }

    @Test("a table that takes more memory than is allowed is refused before it is read, with both numbers")
    func memory() async throws {
        let path = try folder.file("a.csv", "v\n" + String(repeating: "5\n", count: 10_000) + "x\n")
        try await Call(
            "score", path, "--detector", "knn", "--max-memory", "100k", code: 3,
            error: ["\(path): about 10000 rows; 'knn' needs at least 859 KiB of memory", "100 KiB are allowed", "ewma"]
        ).check()
        try await Call("score", path, "--max-memory", "1g", code: 3, error: ["\(path):10002:1: column \"v\""]).check()
    }

    @Test("a wide table does not flood the terminal with notes")
    func notes() async throws {
        let names = (0..<50).map { "c\($0)" }.joined(separator: ",")
        let path = try folder.file("a.csv", names + "\n" + (0..<50).map { "\($0)" }.joined(separator: ",") + "\n")
        let outcome = try await Program.run(["score", path, "--detector", "ewma", "--format", "csv"])
        #expect(outcome.code == 0 && outcome.error.split(separator: "\n").count == 21, "\(outcome.error)")
        #expect(outcome.error.hasSuffix(": 30 more notes; --format json has all of them\n"), "\(outcome.error)")
    }

    /// Tables that no detector may choke on.
    static let extremes: [(name: String, text: String, rows: Int)] = [
        ("one row", "v\n1\n", 1),
        ("all missing", "v\n" + String(repeating: "NaN\n", count: 300), 300),
        ("constant", "v\n" + String(repeating: "5\n", count: 300), 300),
        ("ends of doubles", "v\n" + String(repeating: "1e308\n-1e308\n1e-308\n", count: 100), 300),
        ("one of them", "v\n" + (0..<300).map { $0 == 200 ? "1.7e308\n" : "\($0 % 7)\n" }.joined(), 300),
        ("constant columns", "a,b\n" + String(repeating: "1e308,\n", count: 300), 300),
    ]

    @Test("every detector answers every extreme table, one finite score a row")
    func extreme() async throws {
        let paths = try Self.extremes.map { try folder.file($0.name + ".csv", $0.text) }
        let list = try JSONValue(parsing: try await Program.run(["detectors", "list", "--format", "json"]).output)
        let names = (list.array ?? []).compactMap { $0["name"]?.string }.filter { $0 != "exec" }
        #expect(names.count > 20)
        for name in names {
            let outcome = try await Program.run(["score"] + paths + ["--detector", name, "--format", "csv"])
            #expect(outcome.code == 0, "\(name): \(outcome.error)")
            var place = 0
            var rows: [Int] = []
            for line in outcome.output.split(separator: "\n") {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                if let header = fields.firstIndex(of: "score") {
                    place = header
                    rows.append(0)
                } else {
                    rows[rows.count - 1] += 1
                    #expect(Double(fields[place]).map { $0.isFinite && $0 >= 0 } == true, "\(name): \(line)")
                }
            }
            #expect(rows == Self.extremes.map(\.rows), "\(name)")
        }
    }
}
