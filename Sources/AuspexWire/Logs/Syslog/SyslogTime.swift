package import AuspexSignals

/// A time as a syslog message has it: perhaps without a year, perhaps without a zone.
package struct SyslogTime: Hashable, Sendable {
    /// Nil where the format has none.
    package var year: Int?
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var millisecond = 0
    /// Minutes ahead of UTC; nil where the format has no zone.
    package var offset: Int?

    /// How far ahead of its arrival a time without a zone may lie before the zone that was assumed must be wrong.
    private static let mostAhead = TimeSpan.minutes(5)

    /// The moment that is meant.
    ///
    /// Without a year it is the one that brings the time nearest to its arrival. Without a zone it is in the zone
    /// `assumedOffset` minutes ahead of UTC; if that would put it into the future, nothing is known of it but when it arrived.
    package func moment(received: Timestamp, assumedOffset: Int = 0) -> Timestamp {
        let shift = TimeSpan.minutes(Int64(offset ?? assumedOffset))
        let arrival = CivilDate(
            daysSince1970: CivilDate.floorDivide(received.milliseconds, by: 86_400_000).quotient)
        let years = year.map { [Int64($0)] } ?? [arrival.year - 1, arrival.year, arrival.year + 1]
        let candidates = years.compactMap { moment(inYear: $0) }.map { $0 - shift }
        let nearest = candidates.min { abs(($0 - received).milliseconds) < abs(($1 - received).milliseconds) }
        guard let nearest, offset != nil || nearest <= received + Self.mostAhead else { return received }
        return nearest
    }

    private func moment(inYear year: Int64) -> Timestamp? {
        let date = CivilDate(year: year, month: Int64(month), day: Int64(day))
        guard date.exists else { return nil }
        let seconds = Int64(hour * 3_600 + minute * 60 + second)
        return Timestamp(milliseconds: (date.daysSince1970 * 86_400 + seconds) * 1_000 + Int64(millisecond))
    }
}
