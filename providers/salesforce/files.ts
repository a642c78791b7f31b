/** Files say of what kind they are in words of Salesforce's own: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm */
import { str } from '#kit'
import type { ContentVersion } from './vendor.ts'

const office = (name: string): string => `application/vnd.openxmlformats-officedocument.${name}`
const TYPES: Readonly<Record<string, string>> = {
  PDF: 'application/pdf', PNG: 'image/png', JPG: 'image/jpeg', JPEG: 'image/jpeg', GIF: 'image/gif', BMP: 'image/bmp', SVG: 'image/svg+xml', TIFF: 'image/tiff', TEXT: 'text/plain', CSV: 'text/csv', HTML: 'text/html', XML: 'application/xml', JSON: 'application/json', ZIP: 'application/zip', MP3: 'audio/mpeg', MP4: 'video/mp4',
  WORD: 'application/msword', EXCEL: 'application/vnd.ms-excel', POWER_POINT: 'application/vnd.ms-powerpoint', WORD_X: office('wordprocessingml.document'), EXCEL_X: office('spreadsheetml.sheet'), POWER_POINT_X: office('presentationml.presentation'),
}
/** The media type of the file types that have one; none for what Salesforce does not know. */
export const mediaType = (type: unknown): string | null => { const name = str(type); return name !== null && Object.hasOwn(TYPES, name) ? TYPES[name]! : null }

/** Titles mostly come without the extension. */
export const fileName = ({ Title, FileExtension }: Pick<ContentVersion, 'Title' | 'FileExtension'>): string | null => {
  const [title, extension] = [str(Title), str(FileExtension)]
  return title === null || extension === null || title.toLowerCase().endsWith(`.${extension.toLowerCase()}`) ? title : `${title}.${extension}`
}
