/// Why an alert can't be said in the language of rules.
struct ImportObstacle: Error {
    /// What stands in the way, a sentence without a full stop.
    let reason: String
    /// Where in the expression it stands, in Unicode scalars.
    let offset: Int

    /// A construct that Prometheus can go on computing.
    ///
    /// - Parameters:
    ///   - reason: what stands in the way.
    ///   - offset: where it stands.
    static func computed(_ reason: String, at offset: Int) -> ImportObstacle {
        let instead = "record this part in Prometheus, send it by remote write, and alert on the recorded series"
        return ImportObstacle(reason: "\(reason); \(instead)", offset: offset)
    }

    /// An `and` of different series, which is not what conditions that are joined are, but what they are for.
    ///
    /// - Parameters:
    ///   - reason: what stands in the way.
    ///   - offset: where it stands.
    static func joined(_ reason: String, at offset: Int) -> ImportObstacle {
        let instead = "a rule with 'all' and 'join_on' is for that, but its alerts have the joined labels alone"
        return ImportObstacle(reason: "\(reason); \(instead), so that it is left to you to write it", offset: offset)
    }
}
