import AuspexSignals

/// The rows of a ``LogRun``.
enum LogRows {
    /// What all rows of one version of a template have in common: the id and the text, as they stand in the row.
    static func templatePart(_ id: TemplateID, _ text: String, _ format: LogRun.Format) -> [UInt8] {
        var part: [UInt8] = []
        switch format {
        case .csv:
            part.append("\(id),")
            part.appendField(text.printableField)
        case .ndjson:
            part.append("\"EventId\":\"\(id)\",\"EventTemplate\":")
            part.appendJSON(text)
        }
        return part
    }

    /// A row of a parse run. The list is a JSON array of strings, which Python reads as a list literal as well.
    static func append(
        _ templatePart: [UInt8], _ line: Span<UInt8>, _ parameters: [Range<Int>], row: UInt64,
        _ format: LogRun.Format, to output: inout [UInt8]
    ) {
        let isField = format == .csv
        if isField {
            output.append("\(row),")
            output += templatePart
            output.append(",\"[")
        } else {
            output.append("{\"LineId\":\(row),")
            output += templatePart
            output.append(",\"ParameterList\":[")
        }
        for position in parameters.indices {
            if position > 0 { output.append(", ") }
            output.appendJSON(line, parameters[position], isInField: isField)
        }
        output.append(isField ? "]\"\n" : "]}\n")
    }

    static func append(_ reading: LogReading, row: UInt64, _ format: LogRun.Format, to output: inout [UInt8]) {
        let time = reading.time?.iso8601
        let severity = reading.severity?.name
        let isNew = reading.isNew ? 1 : 0
        let anomaly = reading.isAnomalous ? 1 : 0
        let score = reading.rawScore.fourPlaces
        let anomalyScore = reading.anomalyScore.fourPlaces
        let explanation = reading.isAnomalous ? reading.explanation : nil
        switch format {
        case .csv:
            output.append("\(row),\(time ?? ""),\(severity ?? ""),\(reading.templateID),\(isNew),")
            output.append("\(score),\(reading.pValue),\(anomalyScore),\(anomaly),")
            output.appendField(reading.template.printableField)
            output.append(",")
            output.appendField(explanation?.printableField ?? "")
            output.append("\n")
        case .ndjson:
            output.append("{\"line\":\(row),\"time\":\(quoted(time)),\"severity\":\(quoted(severity)),")
            output.append("\"event_id\":\"\(reading.templateID)\",\"is_new\":\(isNew),\"score\":\(score),")
            output.append("\"p_value\":\(reading.pValue),\"anomaly_score\":\(anomalyScore),\"anomaly\":\(anomaly),")
            output.append("\"template\":")
            output.appendJSON(reading.template)
            if let explanation {
                output.append(",\"explanation\":")
                output.appendJSON(explanation)
            }
            output.append("}\n")
        }
    }

    /// A text without special characters as JSON, or `null`.
    private static func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
}
