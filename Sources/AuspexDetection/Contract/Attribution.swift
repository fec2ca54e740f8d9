/// Who raised the score of each row most: members of an ensemble, or columns of a table.
public struct Attribution: Sendable, Hashable {
    /// One member's part in a row's score.
    public struct Share: Sendable, Hashable, CustomStringConvertible {
        /// Its name, such as `raw windows of 8 rows`.
        public var member: String
        /// Its part in what all members contributed, over 0, at most 1.
        public var share: Double

        /// Creates a share.
        public init(member: String, share: Double) {
            self.member = member
            self.share = share
        }

        /// Such as `raw windows of 8 rows 41 %`.
        public var description: String { "\(member) \(Int((share * 100).rounded())) %" }
    }

    /// How many shares are kept of a row.
    public static let most = 3

    /// The names of all that were asked.
    public private(set) var members: [String] = []

    private let rows: Int
    private var totals: [Float]
    /// For each row the `most` largest contributions, in falling order; a place under 0 is empty.
    private var places: [Int32]
    private var values: [Float]

    /// Creates an attribution of `rows` rows to nobody. 28 bytes a row.
    public init(rows: Int) {
        self.rows = rows
        totals = [Float](repeating: 0, count: rows)
        places = [Int32](repeating: -1, count: rows * Self.most)
        values = [Float](repeating: 0, count: rows * Self.most)
    }

    /// Adds what a member contributed to each row; what is not over 0 counts as nothing.
    ///
    /// - Precondition: `contributions` has one number a row.
    public mutating func add(_ member: String, _ contributions: [Double]) {
        precondition(contributions.count == rows, "a contribution for each row")
        let place = Int32(members.count)
        members.append(member)
        for row in 0..<rows where contributions[row] > 0 {
            let value = Float(min(contributions[row], Double(Float.greatestFiniteMagnitude) / 1e6))
            totals[row] += value
            var slot = row * Self.most + Self.most - 1
            guard value > values[slot] else { continue }
            while slot > row * Self.most, value > values[slot - 1] {
                (values[slot], places[slot]) = (values[slot - 1], places[slot - 1])
                slot -= 1
            }
            (values[slot], places[slot]) = (value, place)
        }
    }

    /// The largest shares in the score of `row` (`0..<rows`), at most ``most``, in falling order.
    public func leaders(of row: Int) -> [Share] {
        (row * Self.most..<(row + 1) * Self.most).filter { places[$0] >= 0 }.map {
            Share(member: members[Int(places[$0])], share: Double(values[$0] / totals[row]))
        }
    }
}
