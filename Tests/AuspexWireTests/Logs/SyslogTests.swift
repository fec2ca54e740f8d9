import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite("Syslog messages") struct SyslogTests {
    private static let problems: [String: SyslogError.Problem] = [
        "ErrPri": .priority, "ErrPrival": .priorityValue, "ErrVersion": .version, "ErrTimestamp": .timestamp,
        "ErrHostname": .hostname, "ErrAppname": .appName, "ErrProcID": .processID, "ErrMsgID": .messageID,
        "ErrStructuredData": .structuredData, "ErrSdID": .elementID, "ErrSdParam": .parameter, "ErrEscape": .escape,
        "ErrParse": .form,
    ]

    static func record(
        _ text: String, received: Timestamp = arrival, assumedOffset: Int = 0
    ) throws -> LogRecord {
        var logs = DecodedLogs()
        SyslogMessage.read(Array(text.utf8)).accept(
            into: &logs, received: received, assumedOffset: assumedOffset, base: LogAttributes())
        return try #require(logs.records.first)
    }

    private func moment(_ time: SyslogTime?) -> Timestamp? { time?.moment(received: arrival) }

    @Test(
        "go-syslog's table of RFC 5424", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"),
        arguments: LogCorpora.cases("syslog/go-syslog_rfc5424_cases.jsonl"))
    func rfc5424(entry: JSONValue) throws {
        let input = try #require(entry["input"]?.string)
        do throws(SyslogError) {
            let message = try SyslogReader.read(Array(input.utf8))
            #expect(entry["valid"]?.bool == true, "\(input)")
            let expected = entry["expected"] ?? entry["partial"] ?? .null
            #expect(message.priority == expected["priority"]?.int.map { Int($0) })
            #expect(message.hostname == expected["hostname"]?.string)
            #expect(message.appName == expected["appname"]?.string)
            #expect(message.processID == expected["procid"]?.string)
            #expect(message.messageID == expected["msgid"]?.string)
            #expect(message.message == expected["message"]?.string ?? "")
            let time = expected["timestamp"]?.string.flatMap { Timestamp(iso8601: $0) }
            #expect(moment(message.time) == time)
        } catch {
            #expect(entry["valid"]?.bool == false, "\(input): \(error)")
            if let problem = entry["error"]?.string { #expect(error.problem == Self.problems[problem], "\(input)") }
            if let column = entry["error_col"]?.int { #expect(error.column == column, "\(input)") }
        }
    }

    @Test(
        "rsyslog's table of messages in the wild", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"),
        arguments: LogCorpora.cases("syslog/rsyslog_parse1.jsonl"))
    func rsyslog(entry: JSONValue) throws {
        let input = try #require(entry["input"]?.string)
        let message = SyslogMessage.read(Array(input.utf8))
        let time = try #require(message.time)
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][time.month - 1]
        func padded(_ number: Int, with letter: String) -> String { number < 10 ? "\(letter)\(number)" : "\(number)" }
        let shown =
            "\(month) \(padded(time.day, with: " ")) \(padded(time.hour, with: "0")):"
            + "\(padded(time.minute, with: "0")):\(padded(time.second, with: "0"))"
        let tag = message.tag ?? (message.appName ?? "") + (message.processID.map { "[\($0)]" } ?? "")
        let program = String(tag.prefix { $0 != ":" && $0 != "[" })
        // rsyslog takes the first word for a tag, marked or not, and leaves the blank behind it in the message.
        var text = message.message
        if message.version == nil {
            if message.appName == nil { text.removeFirst(tag.count) } else { text = " " + text }
        }
        let severity = message.severityName
        let fields = [
            "\(message.priority)", message.facilityName, severity, shown, message.hostname ?? "$RS_HOSTNAME", program,
            tag, text,
        ]
        #expect(fields.joined(separator: ",") == entry["expected_csv"]?.string)
    }

    @Test(
        "go-syslog's table of RFC 3164", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"),
        arguments: LogCorpora.cases("syslog/go-syslog_rfc3164_cases.jsonl"))
    func rfc3164(entry: JSONValue) throws {
        let message = SyslogMessage.read(Array(try #require(entry["input"]?.string).utf8))
        let expected = try #require(entry["expected"])
        #expect(message.priority == expected["priority"]?.int.map { Int($0) })
        #expect(message.facility == expected["facility"]?.int.map { Int($0) })
        #expect(message.severity == expected["severity"]?.int.map { Int($0) })
        #expect(message.hostname == expected["hostname"]?.string)
        #expect(message.appName == expected["appname"]?.string)
        #expect(message.processID == expected["procid"]?.string)
        #expect(message.message == expected["message"]?.string)
        #expect(message.time != nil)
    }

    @Test("rsyslog's seeds for fuzzing", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func seeds() throws {
        func message(_ name: String) throws -> SyslogMessage {
            SyslogMessage.read(try LogCorpora.bytes("syslog/rsyslog/fuzz_\(name)").dropLast())
        }
        let noPriority = try message("rfc3164-no-pri")
        #expect(noPriority.priority == 13 && noPriority.appName == "app" && noPriority.processID == "123")
        let iso = try message("rfc3164-rfc3339")
        #expect(iso.time?.offset == 120 && iso.time?.millisecond == 123 && iso.hostname == "host")
        #expect(iso.appName == "daemon" && iso.message == "timestamp variant")
        #expect(try message("rfc3164-short").message == "x")
        let escaped = try message("rfc5424-escaped-sd").structuredData
        #expect(escaped.first?.parameters.map(\.value) == ["escaped]bracket", "\""])
        #expect(try message("rfc5424-nil").message == "minimal")
        let json = try LogCorpora.bytes("syslog/rsyslog/qradar_json").split(separator: 10)
        #expect(SyslogMessage.read(json[0]).message.hasPrefix("@cee: {"))
    }

    @Test("a record has OpenTelemetry's names, and the service by which rules group")
    func mapping() throws {
        let record = try Self.record(
            "<165>1 2003-10-11T22:14:15.003Z web shop 71 ID47 [origin@1 x=\"a\\]b\"][meta] \u{feff}paid")
        #expect(record.time == Timestamp(iso8601: "2003-10-11T22:14:15.003Z"))
        #expect(record.severity == "INFO" && record.body == "paid")
        #expect(
            record.attributes.dictionary == [
                "service.name": "shop", "service": "shop", "host.name": "web", "process.pid": "71",
                "syslog.facility": "local4", "syslog.severity": "notice", "syslog.msgid": "ID47",
                "syslog.sd.origin@1.x": "a]b",
            ])
        #expect(try Self.record("<11>Mar  6 16:57:54 web shop[x1]: no").attributes["syslog.procid"] == "x1")
    }

    @Test("a time without a year is the one nearest to its arrival, without a zone never in the future")
    func years() throws {
        let newYear = try #require(Timestamp(iso8601: "2027-01-01T00:00:30Z"))
        let late = try Self.record("<13>Dec 31 23:59:59 web a: b", received: newYear)
        #expect(late.time == Timestamp(iso8601: "2026-12-31T23:59:59Z"))
        let old = try #require(Timestamp(iso8601: "2026-12-31T23:59:59Z"))
        let early = try Self.record("<13>Jan  1 00:00:10 web a: b", received: old)
        #expect(early.time == Timestamp(iso8601: "2027-01-01T00:00:10Z"))
        // Two hours ahead: the sender's clock runs in another zone.
        let ahead = try Self.record("<13>Jan  1 02:00:30 web a: b", received: newYear)
        #expect(ahead.time == newYear)
        let told = try Self.record("<13>Jan  1 02:00:29 web a: b", received: newYear, assumedOffset: 120)
        #expect(told.time == Timestamp(iso8601: "2027-01-01T00:00:29Z"))
        let leapDay = try Self.record("<13>Feb 29 00:00:00 web a: b", received: newYear)
        #expect(leapDay.time == newYear, "a day that the years around do not have")
    }

    @Test(
        "what is no message of any kind is still a record",
        arguments: ["", "<", "<999>x", "<13>", "\u{0}", "héllo", "<13>\n"])
    func any(text: String) throws {
        let record = try Self.record(text)
        #expect(record.time == arrival && record.severity == "INFO")
    }

    @Test("malformed structured data is kept as it stands, and costs neither header nor text")
    func malformedData() throws {
        let record = try Self.record("<14>1 2003-10-11T22:14:15Z web shop - - [a b= \"c\"][d \\]] text")
        #expect(record.attributes["syslog.structured_data"] == "[a b= \"c\"][d \\]]")
        #expect(record.attributes["service"] == "shop" && record.body == "text")
    }

    @Test("any number of elements is read; no more are kept than a record has attributes")
    func manyElements() throws {
        let header = "<14>1 2003-10-11T22:14:15Z web shop - - "
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        var bytes = Array(header.utf8)
        for number in 0..<(1 << 20) / 6 {
            let id = [number / 3_844 % 62, number / 62 % 62, number % 62].map { digits[$0] }
            bytes += [UInt8(ascii: "[")] + id + [UInt8(ascii: "]")]
        }
        let message = SyslogMessage.read(bytes + Array(" text".utf8))
        #expect(message.structuredData.count == 128 && message.isShortened && message.message == "text")
        let twice = SyslogMessage.read(bytes + Array("[000] text".utf8))
        #expect(twice.structuredData.count <= 128 && twice.malformedData != nil && twice.message == "text")

        var logs = DecodedLogs()
        for data in ["[a x=\"1\"][b y=\"2\"]", "[a x=\"1\"][b y=\"2\"][c z=\"3\"]"] {
            SyslogMessage.read(Array((header + data).utf8), limits: LogLimits(attributes: 2)).accept(
                into: &logs, received: arrival, base: LogAttributes())
        }
        #expect(logs.shortened == 1 && logs.records.map { $0.attributes["syslog.sd.b.y"] } == ["2", "2"])
        #expect(logs.records[1].attributes["syslog.sd.c.z"] == nil)
    }

    @Test(
        "an offset has minutes or not",
        arguments: [
            ("Z", 0), ("+02", 120), ("-03", -180), ("+0530", 330), ("-03:30", -210), (".5+02", 120), ("+00", 0),
        ])
    func offsets(zone: String, minutes: Int) throws {
        let message = SyslogMessage.read(Array("<13>2026-07-23T09:30:45\(zone) host daemon: x".utf8))
        #expect(message.time?.offset == minutes && message.hostname == "host" && message.message == "x")
        let moment = try #require(Timestamp(iso8601: "2026-07-23T09:30:45\(zone)"))
        #expect(self.moment(message.time) == moment)
    }

    @Test("no mutation of a message traps, and its text is never longer")
    func mutations() throws {
        var mutator = Mutator(seed: 1)
        let seeds = [
            "<165>1 2003-10-11T22:14:15.003Z web shop 71 ID47 [origin@1 x=\"a\\]b\"][meta] paid",
            "<34>Oct 11 2009 22:14:15.5: mymachine su[12]: failed", "<13>2026-07-23T09:30:45.123+02:00 host daemon: x",
        ]
        for round in 0..<6_000 {
            let bytes = mutator.mutate(Array(seeds[round % seeds.count].utf8))
            let message = SyslogMessage.read(bytes)
            // Each byte that is not UTF-8 becomes a character of three.
            #expect(message.message.utf8.count <= 3 * bytes.count && (0...191).contains(message.priority))
            var logs = DecodedLogs()
            message.accept(into: &logs, received: arrival, base: LogAttributes())
            #expect(logs.records.count == 1)
        }
    }
}
