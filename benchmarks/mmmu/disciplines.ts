/** The thirty subjects by discipline, as the paper groups them. */
const subjects: Record<string, string[]> = {
  'Art and Design': ['Art', 'Art_Theory', 'Design', 'Music'],
  Business: ['Accounting', 'Economics', 'Finance', 'Manage', 'Marketing'],
  Science: ['Biology', 'Chemistry', 'Geography', 'Math', 'Physics'],
  'Health and Medicine': [
    'Basic_Medical_Science',
    'Clinical_Medicine',
    'Diagnostics_and_Laboratory_Medicine',
    'Pharmacy',
    'Public_Health',
  ],
  'Humanities and Social Science': ['History', 'Literature', 'Sociology', 'Psychology'],
  'Tech and Engineering': [
    'Agriculture',
    'Architecture_and_Engineering',
    'Computer_Science',
    'Electronics',
    'Energy_and_Power',
    'Materials',
    'Mechanical_Engineering',
  ],
}

const disciplines = new Map(
  Object.entries(subjects).flatMap(([discipline, names]) => names.map((name): [string, string] => [name, discipline])),
)

/** Subject and discipline of an id such as `validation_Art_Theory_7`; null for a subject that MMMU does not have. */
export function subjectOf(id: string): { subject: string; discipline: string } | null {
  const subject = id.split('_').slice(1, -1).join('_')
  const discipline = disciplines.get(subject)
  return discipline ? { subject: subject.replaceAll('_', ' '), discipline } : null
}
