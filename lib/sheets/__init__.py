"""Tables in files, CSV and Excel: read from strangers, written for people who open them in a spreadsheet."""
