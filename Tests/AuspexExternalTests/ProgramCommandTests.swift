import AuspexDetection
import Testing

@testable import AuspexExternal

@Suite struct ProgramCommandTests {
    static let commands: [(text: String, argv: [String], seconds: Double)] = [
        ("./d.py", ["./d.py"], 60),
        ("  ./d.py   --window\t5 ", ["./d.py", "--window", "5"], 60),
        ("timeout=2.5 ./d.py a=b", ["./d.py", "a=b"], 2.5),
        ("'my detector' \"a b\"c 'd\\e'", ["my detector", "a bc", "d\\e"], 60),
        (#"a\ b "x\"y\\z" "\n" \" "#, ["a b", "x\"y\\z", "\\n", "\""], 60),
        ("d '' \"\"", ["d", "", ""], 60),
        ("'timeout=5' x", ["timeout=5", "x"], 60),
        ("./timeout=5 x", ["./timeout=5", "x"], 60),
        ("d $HOME *.csv ; rm | cat > x", ["d", "$HOME", "*.csv", ";", "rm", "|", "cat", ">", "x"], 60),
    ]

    @Test("blanks separate words, quotes keep them, and nothing else means anything", arguments: commands)
    func words(text: String, argv: [String], seconds: Double) throws {
        let command = try ProgramCommand(text)
        #expect(command.argv == argv)
        #expect(command.timeout == .seconds(seconds))
        #expect(command.text == "exec:" + text)
    }

    static let mistakes: [(text: String, part: String)] = [
        ("", "the program is missing; write exec:PROGRAM"),
        ("  ", "the program is missing"),
        ("timeout=5", "the program is missing"),
        ("'' x", "the program is missing"),
        ("./d 'x", "column 10: the quote ' does not end"),
        ("./d x\\", "column 11: nothing follows the backslash"),
        ("./d a\0b", "column 11: a byte 0"),
        ("timout=5 ./d", "'timout' is no option; the option before the program is timeout=SECONDS"),
        ("timeout=0 ./d", "timeout=0 is not allowed; it must be a number of seconds from 0.01 to 86400.0"),
        ("timeout=nan ./d", "timeout=nan is not allowed"),
        ("timeout=1h ./d", "timeout=1h is not allowed"),
        (String(repeating: "x", count: 70_000), "is longer than 65536 bytes"),
    ]

    @Test("what is no command is refused with what would be right", arguments: mistakes)
    func refused(text: String, part: String) {
        let error = #expect(throws: DetectorError.self) { try ProgramCommand(text) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test("a scheme makes detectors of whatever follows the colon, and none for streams")
    func registry() throws {
        var registry = DetectorRegistry.standard
        try registry.registerPrograms()
        _ = try registry.makeBatch("exec:./d.py a=1,b=2:c")
        #expect(try registry.descriptor(of: "exec").kind == .batch)
        let streaming = registry.descriptors.filter { $0.kind == .streaming }.map(\.name)
        #expect(throws: DetectorError.notStreaming(name: "exec", streaming: streaming)) {
            try registry.makeStreaming("exec:./d.py")
        }
        for text in ["exec", "exec:"] {
            let error = #expect(throws: DetectorError.self) { try registry.makeBatch(text) }
            #expect(error?.description.contains("the program is missing") == true)
        }
        #expect(throws: DetectorError.self) { try registry.registerPrograms() }
    }
}
