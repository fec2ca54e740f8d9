import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct RiskTableTests {
    private func refusal(_ text: String) -> String {
        do {
            _ = try RiskTable(csv: text, file: "t.csv")
            return "read"
        } catch {
            return "\(error)"
        }
    }

    @Test("rows come out in the order of time, equal times as they stand in the file")
    func order() throws {
        let table = try RiskTable(csv: "la,time,bug\n1,30,0\n2,10,1\n3,30,1\n4,20,0\n", file: "t.csv")
        #expect(table.changes.map { $0.measures[.la] } == [2, 4, 1, 3])
        #expect(table.changes.map(\.isHarmful) == [true, false, false, true])
        #expect(table.missing.count == 13)
    }

    @Test(
        "the names of the public data sets mean the measures",
        arguments: [
            (
                "transactionid,commitdate,ns,nm,nf,entropy,la,ld,lt,fix,ndev,pd,npt,exp,rexp,sexp,bug",
                "3,2001/12/12 7:41,1,2,4,0.5,0.25,0.125,8,1,9,10,0.5,11,12,13,1"
            ),
            (
                ",_id,date,bug,__,ns,nd,nf,entrophy,la,ld,lt,fix,ndev,age,nuc,exp,rexp,sexp",
                "0,7ff9,1008142860,1,1,1,2,4,0.5,8,4,32,1,9,10,2,11,12,13"
            ),
            (
                "commit_id,project,buggy,fix,year,author_date,la,ld,nf,nd,ns,ent,ndev,age,nuc,aexp,arexp,asexp,LT",
                "999b,apache/flink,True,True,2001,1008142860,8,4,4,2,1,0.5,9,10,2,11,12,13,32"
            ),
            (
                "commit_id,project,buggy,date,repo,gap,LA,LD,NF,ND,NS,Entropy,NDEV,AGE,NUC,EXP,REXP,SEXP,target,LT,fix",
                "8f40,a,True,2001-12-12 07:41:00,a,6,8,4,4,2,1,0.5,9,10,2,11,12,13,done,32,1"
            ),
        ])
    func layouts(header: String, row: String) throws {
        let table = try RiskTable(csv: header + "\r\n" + row + "\r\n", file: "t.csv")
        let change = try #require(table.changes.first)
        #expect(change.measures.values == [8, 4, 4, 2, 1, 0.5, 32, 1, 9, 10, 2, 11, 12, 13])
        #expect(change.time == Timestamp(iso8601: "2001-12-12T07:41:00Z"))
        #expect(change.isHarmful && table.missing.isEmpty)
    }

    @Test("the days to the fix, which only harmful changes have, are no measure")
    func leak() throws {
        let with = try RiskTable(csv: "la,time,bug,gap\n1,1,1,900\n1,2,0,\n", file: "t.csv")
        let without = try RiskTable(csv: "la,time,bug\n1,1,1\n1,2,0\n", file: "t.csv")
        #expect(with == without)
    }

    @Test("entropies in bits are brought to shares of their maximum")
    func entropy() throws {
        let table = try RiskTable(csv: "la,time,bug,nf,entropy\n1,1,0,8,3\n1,2,0,4,1\n1,3,0,1,0\n", file: "t.csv")
        #expect(table.changes.map { $0.measures[.entropy] } == [1, 0.5, 0])
    }

    @Test("what is lacking or negative counts as 0")
    func gaps() throws {
        let table = try RiskTable(csv: "la,time,bug,age\n1,1,0,\n1,2,0,nan\n1,3,0,-5\n", file: "t.csv")
        #expect(table.changes.allSatisfy { $0.measures[.age] == 0 })
    }

    @Test("what cannot be read is told with its place")
    func refusals() {
        #expect(refusal("").contains("t.csv:1: the file is empty"))
        #expect(refusal("lo,time,bug\n").contains("no column 'la' or 'lines_added'; did you mean 'lo'?"))
        #expect(refusal("la,time,bug\n1,1\n").contains("t.csv:2: 2 fields; the header has 3"))
        #expect(refusal("la,time,bug\n\nx,1,0\n").contains("t.csv:3:1: 'x' is not a number"))
        #expect(refusal("la,time,bug\n1,1,maybe\n").contains("t.csv:2:3: 'maybe' is not true"))
        #expect(refusal("la,time,bug\n1,2020-02-31 00:00,0\n").contains("t.csv:2:2: '2020-02-31 00:00' is not a time"))
        #expect(refusal("la,time,bug\n1,inf,0\n").contains("t.csv:2:2"))
        #expect(refusal("la,time,bug\n\"1,1,0\n").contains("t.csv:2: a quoted field does not end"))
    }

    @Test("quoted fields hold commas, quotes and line feeds")
    func quotes() throws {
        let table = try RiskTable(csv: "message,la,time,bug\n\"a, \"\"b\"\"\nc\",7,1,0\n", file: "t.csv")
        #expect(table.changes.map { $0.measures[.la] } == [7])
    }
}
