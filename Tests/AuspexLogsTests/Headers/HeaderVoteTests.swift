import AuspexSignals
import Testing

@testable import AuspexLogs

@Suite struct HeaderVoteTests {
    private func message(_ line: String, _ vote: inout HeaderVote) -> String {
        let bytes = Array(line.utf8)
        let header = LogHeader(of: bytes.span, reference: nil, vote: &vote)
        return String(decoding: bytes[header.messageStart...], as: UTF8.self)
    }

    @Test("a name that some messages begin with is no component once the stream is known")
    func components() {
        var vote = HeaderVote()
        #expect(message("2026-03-01 10:00:00 INFO ciod: login", &vote) == "login")
        for second in 10..<60 { _ = message("2026-03-01 10:00:\(second) INFO node \(second) is up", &vote) }
        #expect(message("2026-03-01 10:00:00 INFO ciod: login", &vote) == "ciod: login")
        #expect(message("2026-03-01 10:00:00 INFO node 7 is up", &vote) == "node 7 is up")
    }

    @Test("a component that nearly all lines have is one")
    func usual() {
        var vote = HeaderVote()
        for second in 10..<60 { _ = message("2026-03-01 10:00:\(second) INFO web: request \(second)", &vote) }
        #expect(message("2026-03-01 10:00:00 INFO web: request 7", &vote) == "request 7")
        #expect(message("2026-03-01 10:00:00 INFO request 7", &vote) == "request 7")
    }

    @Test("a mix that lies between does not go to and fro")
    func hysteresis() {
        var vote = HeaderVote()
        for number in 0..<100 {
            _ = message("2026-03-01 10:00:00 INFO \(number % 5 < 4 ? "web: " : "")request \(number)", &vote)
        }
        // Four in five, then three in four: never below the one nor above the other bound.
        var cuts: Set<Bool> = []
        for number in 0..<200 {
            let isNamed = number % 4 < 3
            let text = message("2026-03-01 10:00:00 INFO \(isNamed ? "web: " : "")request \(number)", &vote)
            if isNamed { cuts.insert(text.hasPrefix("web: ")) }
        }
        #expect(cuts.count == 1)
    }

    @Test("lines of another format do not change where a header ends")
    func formats() {
        var vote = HeaderVote()
        for second in 10..<60 { _ = message("[Sun Dec 04 04:47:\(second) 2005] [error] request \(second)", &vote) }
        for second in 10..<60 {
            #expect(
                message("0811\(second) 203518 143 INFO dfs.DataNode: block \(second)", &vote) == "block \(second)")
        }
    }

    @Test("fractions of seconds of any length are one format")
    func fractions() {
        var vote = HeaderVote()
        for second in 10..<60 { _ = message("2026-03-01T10:00:\(second).123456789Z node \(second): up", &vote) }
        let forms = vote.forms.count
        _ = message("2026-03-01T10:00:00.12345Z node 7: up", &vote)
        #expect(vote.forms.count == forms)
    }

    @Test("a settled vote counts nothing and decides as before")
    func settled() {
        var vote = HeaderVote()
        for second in 10..<60 { _ = message("2026-03-01 10:00:\(second) INFO node \(second) is up", &vote) }
        vote.isSettled = true
        let before = vote
        for second in 10..<60 { _ = message("2026-03-01 10:00:\(second) INFO ciod: \(second)", &vote) }
        #expect(vote == before)
        #expect(message("2026-03-01 10:00:00 INFO ciod: login", &vote) == "ciod: login")
    }
}
