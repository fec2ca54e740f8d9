import AuspexDetection
import AuspexSignals
import Testing

@Suite struct TableTests {
    @Test("cells, columns and names are where they belong")
    func layout() throws {
        let table = try Table(columns: [[1, 2, 3], [4, 5, 6]])
        #expect(table.rows == 3)
        #expect(table.columns == 2)
        #expect(table.names == ["value1", "value2"])
        #expect(table.column(1) == [4, 5, 6])
        #expect(table[2, 0] == 3)
        #expect(try Table(columns: [[1]]).names == ["value"])
        #expect(try Table(columns: [[]]).rows == 0)
    }

    @Test("infinite values are missing, and a table with missing values equals itself")
    func missing() throws {
        let table = try Table(columns: [[1, .infinity, -.infinity, .nan]])
        #expect((1...3).filter { table[$0, 0].isNaN } == [1, 2, 3])
        #expect(table == (try Table(columns: [[1, .nan, .nan, .nan]])))
        #expect(Set([table, try Table(columns: [[1, .nan, .nan, .nan]])]).count == 1)
        #expect(table != (try Table(columns: [[1, 0, .nan, .nan]])))
        #expect(table != (try Table(columns: [[1, .nan, .nan, .nan]], names: ["cpu"])))
    }

    @Test("what is no table is refused with the reason")
    func refusals() {
        #expect(throws: DetectorError.invalidTable(reason: "it has no column; give at least one")) {
            try Table(columns: [])
        }
        #expect(throws: DetectorError.invalidTable(reason: "column 2 has 1 rows and column 1 has 2")) {
            try Table(columns: [[1, 2], [1]])
        }
        #expect(throws: DetectorError.invalidTable(reason: "1 name(s) for 2 column(s)")) {
            try Table(columns: [[1], [2]], names: ["a"])
        }
        #expect(throws: DetectorError.invalidTable(reason: "a column's name is there twice")) {
            try Table(columns: [[1], [2]], names: ["a", "a"])
        }
        #expect(throws: DetectorError.invalidTable(reason: "0 time(s) for 1 row(s)")) {
            try Table(columns: [[1]], times: [])
        }
    }
}
